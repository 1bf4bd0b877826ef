import { configOfProcess, createLog } from '@quadrille/service-kit'
import { loadConfig } from './config.ts'
import { ordersWithoutEnd } from './mix.ts'
import { placeEach } from './place.ts'
import { createTally } from './tally.ts'
import { readWares } from './wares.ts'

const SUMMARY_MS = 10_000
// Short enough to end within a container's grace.
const PATIENCE_MS = 8_000

const { ORDERS_URL: shop, LOAD_RATE: rate, LOAD_SEED: seed, LOG_LEVEL: level } = configOfProcess(loadConfig)
const log = createLog({ service: 'load', level })
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

const { ample, soldOut } = await readWares() // without the scarce: a few orders later it would be sold out
const tally = createTally()
const say = (words: string) => log.info(tally.take(), words)
const timer = setInterval(say, SUMMARY_MS, 'placing orders')
log.info({ shop, rate, seed }, 'placing orders')

const orders = ordersWithoutEnd({ rate, seed, run: Date.now().toString(36), wares: { ample, soldOut } })
await placeEach({ shop, orders, signal: stop.signal, patienceMs: PATIENCE_MS, onPlaced: tally.placed }, tally.ended)
clearInterval(timer)
say('stopped')
