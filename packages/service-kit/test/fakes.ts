import { createApp } from '../src/http.ts'
import { createLog } from '../src/logging.ts'
import { createTelemetry } from '../src/telemetry.ts'

/** A log that remembers its lines. */
export function memoryLog(level = 'debug') {
  const lines: string[] = []
  const log = createLog({ service: 'sample', level }, { write: (line) => void lines.push(line) })
  return { log, logged: (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line)) }
}

/** The HTTP side of a service that has no routes yet. */
export async function sampleApp() {
  const { log, logged } = memoryLog()
  const telemetry = createTelemetry({ service: 'sample' })
  const app = await createApp({ service: 'sample', log, meter: telemetry.meter, tracer: telemetry.tracer })
  return { app, log, logged, telemetry }
}
