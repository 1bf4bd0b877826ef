import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Prometheus, startPrometheus } from '@quadrille/testing'
import { type Laboratory, startLaboratory } from '../faults/laboratory.ts'
import { createConsole } from '../stack/console.ts'
import { type Scale, scaledRules, withFixedAddresses } from './prometheus-files.ts'

export const folder = resolve(import.meta.dirname, '../../infra/prometheus')

/** What waits for a minute waits for 3 s here; four scrapes are the least that a rate can be read from. */
export const FASTER: Scale = { factor: 20, leastWindowMs: 4_000 }
const EVERY = '1s'

/** The whole system, and the Prometheus that the repository configures, watching it. */
export interface Watched extends Pick<Laboratory, 'stack' | 'wires'> {
  readonly prometheus: Prometheus
  startConsole(): Promise<void>
  stopConsole(): Promise<void>
  close(): Promise<void>
}

/** The laboratory, so that one service alone can be cut off from Kafka. */
export async function startWatched(): Promise<Watched> {
  const dir = await mkdtemp(join(tmpdir(), 'quadrille-watched-'))
  const laboratory = await startLaboratory()
  const { stack, wires } = laboratory
  const lag = await createConsole(stack.targets.brokers)
  async function close(prometheus?: Prometheus) {
    await Promise.all([prometheus?.stop(), lag.stop()])
    await laboratory.close()
    await rm(dir, { recursive: true, maxRetries: 3 })
  }
  try {
    await lag.start()
    const prometheus = await watch(dir, { ...stack.urls, console: lag.url })
    return { stack, wires, prometheus, startConsole: lag.start, stopConsole: lag.stop, close: () => close(prometheus) }
  } catch (error) {
    await close()
    throw error
  }
}

/** Prometheus with the repository's own files, on these addresses. */
async function watch(dir: string, urls: Readonly<Record<string, string>>): Promise<Prometheus> {
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const [config, rules] = [join(dir, 'prometheus.yml'), join(dir, 'alerts.yml')]
  await writeFile(rules, scaledRules(await read('alerts.yml'), FASTER))
  await writeFile(config, withFixedAddresses(await read('prometheus.yml'), { urls, rules, every: EVERY }))
  return startPrometheus({ config, dataDir: join(dir, 'data') })
}
