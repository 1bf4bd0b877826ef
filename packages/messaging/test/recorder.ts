import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createInstruments } from '../src/index.ts'

/** Read when a test asks. */
class OnDemand extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

/** Instruments whose spans and metrics a test can read. */
export function createRecorder(service = 'payments') {
  const exporter = new InMemorySpanExporter()
  const traces = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = traces.getTracer('test')
  const reader = new OnDemand()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  let started = 0
  const counting = { ...tracer, startSpan: (...how: Parameters<typeof tracer.startSpan>) => ++started && tracer.startSpan(...how) }
  return {
    instruments: createInstruments(meter, counting as typeof tracer, service),
    spans: () => exporter.getFinishedSpans(),
    get started() {
      return started
    },
    /** The values of a metric, by its labels; of a histogram, how many. */
    async metric(name: string) {
      const { resourceMetrics } = await reader.collect()
      const found = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics).find(({ descriptor }) => descriptor.name === name)
      const points = (found?.dataPoints ?? []) as { attributes: object; value: number | { count: number } }[]
      return points.map(({ attributes, value }) => ({ ...attributes, value: typeof value === 'number' ? value : value.count }))
    },
  }
}
