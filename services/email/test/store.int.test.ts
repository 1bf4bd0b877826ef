import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openServiceDatabase } from '@quadrille/service-kit/testing'
import { createStory, type Fact } from '@quadrille/testing/story'
import { type Correspondence, newCorrespondence } from '../src/correspondence.ts'
import { email } from '../src/service.ts'
import { correspondenceStore } from '../src/store.ts'
import { cancelled, captured, orderId, placed, refunded } from './histories.ts'

let trx: Awaited<ReturnType<typeof openServiceDatabase>>

beforeAll(async () => {
  trx = await openServiceDatabase('email', new URL('../src/migrations', import.meta.url))
})

afterAll(() => trx.close())

/** The order's correspondence after these facts, with their mails sent or only due. */
function after(how: 'play' | 'tell', ...facts: Fact[]): Correspondence {
  const story = createStory(email, { answer: ({ key }) => ({ messageId: `<${key}>` }) })
  if (how === 'play') story.play(facts)
  else for (const fact of facts) story.tell(fact)
  return story.states.get(orderId)!
}

const roundTrip = async (correspondence: Correspondence) => {
  trx.statements.length = 0
  await correspondenceStore.save(trx, [correspondence])
  const loaded = await correspondenceStore.load(trx, [correspondence.orderId])
  expect(trx.statements).toHaveLength(2)
  return loaded.get(correspondence.orderId)
}

describe('email, when it stores correspondence', () => {
  it('reads back what it saved at every stage, in one statement each', async () => {
    const stages = [
      after('tell', captured, cancelled),
      after('tell', captured, cancelled, placed),
      after('play', captured, cancelled, placed, refunded),
    ]
    for (const stage of stages) expect(await roundTrip(stage)).toEqual(stage)
  })

  it('keeps apart the orders of a set, also those without a mail', async () => {
    const [one, other] = ['1', '2'].map((n) => newCorrespondence(`0198f2a4-6c1e-7d3a-9b52-00000000000${n}`)) as [
      Correspondence,
      Correspondence,
    ]
    const placedOther = { ...other, address: 'a@example.com', order: { items: [], total: 0, currency: 'EUR' } }
    await correspondenceStore.save(trx, [{ ...one, mails: after('tell', cancelled).mails }, placedOther])
    const loaded = await correspondenceStore.load(trx, [one.orderId, other.orderId])
    expect([loaded.get(one.orderId)!.mails.length, loaded.get(other.orderId)]).toEqual([1, placedOther])
  })
})
