/** Preloaded into a process: its clock is off by SKEW_MS. */
const off = Number(process.env.SKEW_MS ?? 0)
const Real = Date

globalThis.Date = class extends Real {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(Real.now() + off)
    else super(...(given as [number]))
  }
  static override now() {
    return Real.now() + off
  }
} as DateConstructor
