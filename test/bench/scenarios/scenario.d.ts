import type { Driver } from '../drivers/driver.d.ts';
import type { Programs } from '../programs.mjs';

/** Metrics of one sample by name. */
export type Metrics = Readonly<Record<string, number>>;

/** What a sample has to know; crosses to another process as JSON. A scenario reads only what its own cells set. */
export interface Parameters {
  /** The program to run. */
  readonly file: string;
  /** The bench's own child, which has roles. */
  readonly child: string;
  readonly inFlight: number;
  readonly seconds: number;
  readonly count: number;
  readonly bytes: number;
  /** Mebibytes the host holds besides. */
  readonly ballastMb: number;
  readonly polled: boolean;
  readonly args: readonly string[];
  /** What is in use of custody, see {@link Driver.runWith}. */
  readonly layer: string;
  /** Processes that there are once all commands are up. */
  readonly processes: number;
}

/** One thing to compare: a driver in a process of its own, or a program that prints its metrics as JSON. */
export interface Variant {
  readonly label: string;
  readonly driver?: string;
  /** Added to the parameters of the cell. */
  readonly parameters?: Partial<Parameters>;
  readonly command?: readonly string[];
}

/** Variants that take turns. */
export interface Cell {
  readonly label: string;
  readonly parameters: Partial<Parameters>;
  readonly variants: readonly Variant[];
}

export interface Plan {
  readonly quick: boolean;
  readonly programs: Programs;
  /** Drivers that can be used. */
  readonly drivers: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Columns of the table: metric and heading. */
  readonly columns: readonly (readonly [metric: string, heading: string])[];
  /** Per-round ratio to the variant with this label, shown as the last column. */
  readonly compare?: { readonly metric: string; readonly against: string };
  readonly rounds: { readonly quick: number; readonly full: number };
  cells(plan: Plan): readonly Cell[];
  /** One sample, in a fresh process. `load` brings the driver in; nothing of it is loaded before. */
  sample(load: () => Promise<Driver>, parameters: Parameters & { readonly driver: string }): Promise<Metrics>;
}
