import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Meter } from '@opentelemetry/api'
import type { Pool } from 'pg'

/** Gauges of the event loop and of memory, under OpenTelemetry's names; read when someone collects. */
export function observeProcess(meter: Meter): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  const p50 = meter.createObservableGauge('nodejs.eventloop.delay.p50', { unit: 's' })
  const p99 = meter.createObservableGauge('nodejs.eventloop.delay.p99', { unit: 's' })
  const max = meter.createObservableGauge('nodejs.eventloop.delay.max', { unit: 's' })
  const utilization = meter.createObservableGauge('nodejs.eventloop.utilization', { unit: '1' })
  const memory = meter.createObservableGauge('process.memory.usage', { unit: 'By' })
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
  const connections = meter.createObservableGauge('db.client.connection.count', { unit: '{connection}' })
  const waiting = meter.createObservableGauge('db.client.connection.pending_requests', { unit: '{request}' })
  connections.addCallback((result) => {
    result.observe(pool.idleCount, { 'db.client.connection.state': 'idle' })
    result.observe(pool.totalCount - pool.idleCount, { 'db.client.connection.state': 'used' })
  })
  waiting.addCallback((result) => result.observe(pool.waitingCount))
}
