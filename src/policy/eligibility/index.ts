/**
 * `custody/eligibility`: whether a command should be run unattended, before it is.
 *
 * @module custody/eligibility
 */
export type { EligibilityMode, EligibilityPolicy } from '../../core/eligibility.js';
export { checkEligibility, type EligibilitySubject } from './check-eligibility.js';
export { DENIED_EXECUTABLES } from './denied-executables.js';
export { ELIGIBILITY_RULES, type Eligibility, type EligibilityRule, type EligibilityVerdict } from './verdict.js';
