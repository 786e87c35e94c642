/** Options of a check. All have defaults. */
export interface CheckOptions {
  /** The same seed gives the same computations. The default is 1. */
  readonly seed?: number;
  /** The number of computations with each kernel, and with each gradient. The default is 2. */
  readonly draws?: number;
  /** The number of small networks that are trained, and of passes over rows. The default is 20. */
  readonly trainings?: number;
  /** Checks only these names: kernels as TensorFlow.js calls them, `rows` and `training`. */
  readonly only?: readonly string[];
  /**
   * A description of the device for reports. The default is the description that this package's backend of
   * that name gives.
   */
  readonly detail?: string;
  /** Called before each computation. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /** Ends the check. It restores everything, then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The kinds of computations that are compared. `rows` are Scalpel's own passes over gradients. */
export type CheckKind = 'kernel' | 'gradient' | 'rows' | 'training';

export interface CheckProgress {
  readonly done: number;
  readonly total: number;
  /** The kind of the next computation. */
  readonly kind: CheckKind;
  readonly name: string;
  /** The number of kernels, gradients and networks that were wrong so far. */
  readonly wrong: number;
}

/** A computation that a backend gets wrong or refuses, or during which the device was lost. */
export interface CheckFinding {
  /** `device` means that the device no longer computes. */
  readonly kind: CheckKind | 'device';
  /**
   * The name of the kernel in TensorFlow.js, or of the function if it is made of several kernels. For
   * networks it is `training`.
   */
  readonly name: string;
  /** The smallest wrong input that was found, or the network. */
  readonly input: string;
  /** The actual result. */
  readonly actual: string;
  /** The right result. */
  readonly expected: string;
  /** The number of wrong computations of this kind and name. */
  readonly wrong: number;
  /** False if the same computation was right when it was repeated alone. */
  readonly repeats: boolean;
  /** Other wrong results that use this one. */
  readonly consequences: readonly string[];
  /** Advice on what to do. */
  readonly advice: string;
  /** Plain text for a report to the makers of the kernel. */
  readonly report: string;
}

/** The outcome of a check. */
export interface BackendCheck {
  /** The name of the backend in TensorFlow.js. */
  readonly backend: string;
  /** The adapter, driver or other mark of the device. */
  readonly detail: string;
  /** The precision of the backend in bits: 32, or 16 on some telephones. */
  readonly bits: 16 | 32;
  readonly tfjs: string;
  /** The version of @scalpel/backends. */
  readonly version: string;
  readonly seed: number;
  /** True if nothing is wrong and everything was compared. */
  readonly passed: boolean;
  /** The number of computations of each kind that were compared with the right answer. */
  readonly compared: Readonly<Record<CheckKind, number>>;
  /** The number of computations that were left when the device was lost. */
  readonly left: number;
  readonly findings: readonly CheckFinding[];
  /** Kernels that the backend lacks. Operations that need one throw an error. */
  readonly missing: readonly string[];
  readonly seconds: number;
}

/** The facts that identify a check. */
export type CheckedDevice = Pick<BackendCheck, 'backend' | 'detail' | 'bits' | 'tfjs' | 'version' | 'seed'>;

/** A finding without advice and report. */
export type FindingFacts = Omit<CheckFinding, 'advice' | 'report'>;
