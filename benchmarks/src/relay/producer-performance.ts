import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeRows, type Row } from '../records.ts'
import type { World } from '../world.ts'
import { kafkaTools } from './kafka-tools.ts'

const PAYLOADS = 10_000

/** Its classes, and what it is to send: it knows neither keys nor headers, so that their bytes go into the value. */
export async function providePerformance({ dir, say }: World): Promise<Readonly<Record<string, string>>> {
  const payloads = join(dir, 'payloads')
  await writeFile(payloads, [...makeRows({ count: PAYLOADS, perOrder: 5, sampled: false })].map(bytesOf).join('\n'))
  return { BENCH_CLASSES: await kafkaTools(say), BENCH_PAYLOADS: payloads }
}

const bytesOf = ({ key, value, headers }: Row) => key + value + Object.entries(headers).flat().join('')
