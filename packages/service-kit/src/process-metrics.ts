import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Meter } from '@opentelemetry/api'
import type { Pool } from 'pg'

/** Gauges of the event loop and of memory, under OpenTelemetry's names: of the last one to two turns, whoever collects and however often. */
export function observeProcess(meter: Meter, turnMs = 10_000): { stop(): void } {
  const watch = watchEventLoop(turnMs)
  const gauge = (name: string, unit: string, description: string) => meter.createObservableGauge(name, { unit, description })
  const p50 = gauge('nodejs.eventloop.delay.p50', 's', 'how late timers run, the median')
  const p99 = gauge('nodejs.eventloop.delay.p99', 's', 'how late timers run, 99th percentile')
  const max = gauge('nodejs.eventloop.delay.max', 's', 'how late timers run, the worst')
  const utilization = gauge('nodejs.eventloop.utilization', '1', 'share of the time that the event loop was busy')
  const memory = gauge('process.memory.usage', 'By', 'resident memory')
  meter.addBatchObservableCallback(
    (observe) => {
      const { delay, since } = watch.older
      observe.observe(p50, delay.percentile(50) / 1e9)
      observe.observe(p99, delay.percentile(99) / 1e9)
      observe.observe(max, delay.max / 1e9)
      observe.observe(utilization, performance.eventLoopUtilization(since).utilization)
      observe.observe(memory, process.memoryUsage.rss())
    },
    [p50, p99, max, utilization, memory],
  )
  return watch
}

/** Two watches, begun a turn apart: at each turn the older is left, so that an old stall does not show for ever. */
function watchEventLoop(turnMs: number) {
  let older = begun()
  let younger = older
  const timer = setInterval(() => {
    if (older !== younger) older.delay.disable()
    older = younger
    younger = begun()
  }, turnMs).unref()
  return {
    get older() {
      return older
    },
    stop() {
      clearInterval(timer)
      for (const { delay } of [older, younger]) delay.disable()
    },
  }
}

function begun() {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  return { delay, since: performance.eventLoopUtilization() }
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
