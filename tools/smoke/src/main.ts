import { parseArgs } from 'node:util'
import { readAddresses, smoke } from './smoke.ts'

const options = {
  all: { type: 'boolean', default: false },
  orders: { type: 'string', default: '0' },
  rate: { type: 'string', default: '5' },
} as const
const { values } = parseArgs({ options })
const stream = { orders: Number(values.orders), rate: Number(values.rate) }

const failed = await smoke(readAddresses(process.env), console.log, {
  all: values.all,
  ...(stream.orders > 0 && stream.rate > 0 && { stream }),
})
console.log(failed === 0 ? '\nAll is well.' : `\n${failed} of the checks failed.`)
process.exit(failed === 0 ? 0 : 1)
