import type { FailureCategory } from './failure.js';
import type { PrerequisiteId } from './prerequisites.js';

/** What the built-in table says of a subcode. */
export interface SubcodeEntry {
  readonly category: FailureCategory;
  readonly hint: string;
  /** Why the same may succeed a moment later. Absent: it will not. */
  readonly transient?: string;
  readonly prerequisites?: readonly PrerequisiteId[];
}
