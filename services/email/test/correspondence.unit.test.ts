import { describe, expect, it } from '@jest/globals'
import { createStory, type Fact } from '@quadrille/testing/story'
import fc from 'fast-check'
import type { Mail } from '../src/correspondence.ts'
import { email } from '../src/service.ts'
import { address, cancelled, cancelledAgain, captured, histories, nameOf, orderId, placed, worthAMail } from './histories.ts'

const newStory = () => createStory(email, { answer: ({ key }) => ({ messageId: `<${key}>` }) })

function tellAll(...facts: Fact[]) {
  const story = newStory()
  for (const fact of facts) story.tell(fact)
  return { story, keys: [...story.effects.keys()], mails: story.states.get(orderId)!.mails.map(({ fact, status }: Mail) => [fact, status]) }
}

describe('email, when something happens to an order', () => {
  it.each(worthAMail.map((fact) => [nameOf(fact), fact] as const))('writes about %s to the address of the order', (name, fact) => {
    const [sent] = tellAll(placed, fact).story.effects.values()
    expect(sent).toMatchObject({
      key: `mail:${orderId}:${name}`,
      kind: 'send-mail',
      delayMs: 0,
      payload: { to: address, about: fact.data },
    })
  })

  it('lets a mail wait until the address is known; then all that waited goes', () => {
    expect(tellAll(captured, cancelled)).toMatchObject({
      keys: [],
      mails: [
        ['PaymentCaptured', 'waiting'],
        ['OrderCancelled', 'waiting'],
      ],
    })
    expect(tellAll(captured, cancelled, placed).keys).toEqual([`mail:${orderId}:PaymentCaptured`, `mail:${orderId}:OrderCancelled`])
  })

  it('writes once about a cancel, however often operators repeat it', () => {
    expect(tellAll(placed, cancelled, cancelledAgain).keys).toEqual([`mail:${orderId}:OrderCancelled`])
  })

  it('tells that a mail went out once the mail server has taken it', () => {
    const story = newStory()
    story.play([placed, captured])
    const messageId = `<mail:${orderId}:PaymentCaptured>`
    expect(story.events).toEqual([{ type: 'EmailSent', data: { orderId, fact: 'PaymentCaptured', messageId } }])
    expect(story.states.get(orderId)!.mails[0]).toMatchObject({ status: 'sent', messageId, sentAt: '2030-01-01T12:00:00.000Z' })
  })
})

describe('email, when facts come in any order and more than once', () => {
  it('sends exactly one mail for each fact that has one', () => {
    fc.assert(
      fc.property(histories, ({ told, choices }) => {
        const story = newStory()
        story.play(told, choices)
        const facts = new Set(told.map(nameOf).filter((name) => worthAMail.some((fact) => nameOf(fact) === name)))
        expect(story.events.map(({ data }) => (data as { fact: string }).fact).sort()).toEqual([...facts].sort())
        expect(story.states.get(orderId)!.mails.every(({ status }) => status === 'sent')).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('changes nothing when any fact comes a second time, even with an empty inbox', () => {
    fc.assert(
      fc.property(histories, ({ told, choices }) => {
        const story = newStory()
        story.play(told, choices)
        const keys = story.effects.size
        for (const fact of told) {
          const again = story.tell(fact)
          expect([again.changed.size, again.events, story.effects.size]).toEqual([0, [], keys])
        }
      }),
    )
  })
})
