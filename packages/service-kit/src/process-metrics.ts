import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Meter } from '@opentelemetry/api'
import type { Pool } from 'pg'

/** Gauges of the event loop and of memory, under OpenTelemetry's names; read when someone collects. */
export function observeProcess(meter: Meter): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  const gauge = (name: string, unit: string, description: string) => meter.createObservableGauge(name, { unit, description })
  const p50 = gauge('nodejs.eventloop.delay.p50', 's', 'how late timers run, the median')
  const p99 = gauge('nodejs.eventloop.delay.p99', 's', 'how late timers run, 99th percentile')
  const max = gauge('nodejs.eventloop.delay.max', 's', 'how late timers run, the worst')
  const utilization = gauge('nodejs.eventloop.utilization', '1', 'share of the time that the event loop was busy')
  const memory = gauge('process.memory.usage', 'By', 'resident memory')
  let before = performance.eventLoopUtilization()
  meter.addBatchObservableCallback(
    (observe) => {
      observe.observe(p50, delay.percentile(50) / 1e9)
      observe.observe(p99, delay.percentile(99) / 1e9)
      observe.observe(max, delay.max / 1e9)
      observe.observe(utilization, performance.eventLoopUtilization(before).utilization)
      observe.observe(memory, process.memoryUsage.rss())
      before = performance.eventLoopUtilization()
      delay.reset() // since the last collection, or an old stall would show for ever
    },
    [p50, p99, max, utilization, memory],
  )
  delay.enable()
  return { stop: () => delay.disable() }
}

/** Gauges of a connection pool. Requests that wait for a connection are the first sign of a slow database. */
export function observePool(meter: Meter, pool: Pool): void {
  const gauge = (name: string, unit: string, description: string) => meter.createObservableGauge(name, { unit, description })
  const connections = gauge('db.client.connection.count', '{connection}', 'connections of the pool')
  const waiting = gauge('db.client.connection.pending_requests', '{request}', 'requests that wait for a connection')
  connections.addCallback((result) => {
    result.observe(pool.idleCount, { 'db.client.connection.state': 'idle' })
    result.observe(pool.totalCount - pool.idleCount, { 'db.client.connection.state': 'used' })
  })
  waiting.addCallback((result) => result.observe(pool.waitingCount))
}
