import type { Benchmark } from './benchmark.ts'
import { accept } from './goals/p1-accept.ts'
import { relay } from './goals/p2-relay.ts'
import { rivals } from './goals/p2-rivals.ts'
import { hop } from './goals/p3-hop.ts'
import { consume } from './goals/p4-consume.ts'
import { saga } from './goals/p5-saga.ts'
import { capacity } from './goals/p6-capacity.ts'
import { start } from './goals/p7-start.ts'
import { growth } from './goals/p8-growth.ts'
import { instances } from './goals/p8-instances.ts'
import { telemetry } from './goals/p9-telemetry.ts'
import { memory } from './goals/p10-memory.ts'
import { processor } from './goals/p11-processor.ts'

/** Everything that can be measured, by goal. */
export const benchmarks: readonly Benchmark[] = [
  accept,
  relay,
  rivals,
  hop,
  consume,
  saga,
  capacity,
  start,
  growth,
  instances,
  telemetry,
  memory,
  processor,
]
