import type { Benchmark } from './benchmark.ts'
import { accept } from './goals/p1-accept.ts'
import { relay } from './goals/p2-relay.ts'
import { hop } from './goals/p3-hop.ts'
import { consume } from './goals/p4-consume.ts'
import { capacity } from './goals/p6-capacity.ts'
import { processor } from './goals/p11-processor.ts'

/** Everything that can be measured, by goal. */
export const benchmarks: readonly Benchmark[] = [accept, relay, hop, consume, capacity, processor]
