import type { Benchmark } from './benchmark.ts'
import { relay } from './goals/p2-relay.ts'

/** Everything that can be measured, by goal. */
export const benchmarks: readonly Benchmark[] = [relay]
