/** How to check a backend. Everything has a default. */
export interface CheckOptions {
  /** The same seed computes the same; 1 by default. */
  readonly seed?: number;
  /** Computations with each kernel, and as many with each gradient; 2 by default. */
  readonly draws?: number;
  /** Small networks that are trained; 20 by default. */
  readonly trainings?: number;
  /** Only what has one of these names: kernels as TensorFlow.js calls them, `rows` and `training`. */
  readonly only?: readonly string[];
  /** What the device is, for reports. By default, what the backend of that name in this package says of itself. */
  readonly detail?: string;
  /** Called before each computation. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /** Ends the check: it rejects with the signal's reason, once everything is as it was before. */
  readonly signal?: AbortSignal;
}

/** What is compared: `rows` are Scalpel's own passes over gradients. */
export type CheckKind = 'kernel' | 'gradient' | 'rows' | 'training';

export interface CheckProgress {
  readonly done: number;
  readonly total: number;
  /** What is computed next. */
  readonly kind: CheckKind;
  readonly name: string;
  /** How many kernels, gradients and networks were wrong so far. */
  readonly wrong: number;
}

/** Something that a backend computes wrongly, refuses or does not survive. */
export interface CheckFinding {
  /** `device`: it does not compute any more. */
  readonly kind: CheckKind | 'device';
  /** Of the kernel, as TensorFlow.js calls it, or of the function where that is made of several; `training` for networks. */
  readonly name: string;
  /** The smallest input that was found for it, or the network. */
  readonly input: string;
  /** What came out. */
  readonly actual: string;
  /** What is right. */
  readonly expected: string;
  /** How many computations of this kind and name were wrong. */
  readonly wrong: number;
  /** False where the same computation was right when it was made once more, alone. */
  readonly repeats: boolean;
  /** What else is wrong, and uses this. */
  readonly consequences: readonly string[];
  /** What to do. */
  readonly advice: string;
  /** Plain text for a report to those who make the kernel. */
  readonly report: string;
}

/** What came of a check. */
export interface BackendCheck {
  /** The name of the backend in TensorFlow.js. */
  readonly backend: string;
  /** Adapter, driver or whatever else sets the device apart. */
  readonly detail: string;
  /** In which it computes: 32, or 16 on some telephones. */
  readonly bits: 16 | 32;
  readonly tfjs: string;
  /** The version of @scalpel/backends. */
  readonly version: string;
  readonly seed: number;
  /** Nothing is wrong, and everything was compared. */
  readonly passed: boolean;
  /** How many computations of each kind were compared with the right answer. */
  readonly compared: Readonly<Record<CheckKind, number>>;
  /** How many were left when the device was lost. */
  readonly left: number;
  readonly findings: readonly CheckFinding[];
  /** Kernels that the backend does not have: whoever needs one gets an error. */
  readonly missing: readonly string[];
  readonly seconds: number;
}

/** What sets a check apart. */
export type Place = Pick<BackendCheck, 'backend' | 'detail' | 'bits' | 'tfjs' | 'version' | 'seed'>;

/** What a finding is before one knows what to do about it. */
export type Bare = Omit<CheckFinding, 'advice' | 'report'>;
