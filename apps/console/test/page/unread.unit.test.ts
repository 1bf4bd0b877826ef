import { describe, expect, it } from '@jest/globals'
import { emptyList, withPage } from '../../page/store/order-list.ts'
import { unreadWords } from '../../page/views/order/unread-words.ts'
import type { Counts, Story } from '../../src/api-types.ts'
import { strangersOrder, strangersStory } from '../fake/stranger.ts'

const { story } = strangersStory(strangersOrder)
const counts: Counts = { placed: 0, paid: 0, dispatched: 0, payment_failed: 0, out_of_stock: 0, cancelled: 0 }

describe('an order of which no event was read', () => {
  it('is told from the dead letters with its key, with who parked them and what to do', () => {
    const { genuine, tone, title, words } = unreadWords(story)
    expect({ genuine, tone, title }).toEqual({ genuine: false, tone: 'bad', title: 'Known from dead letters alone' })
    expect(words).toContain('2 dead letters with this key, at orders, email.')
    expect(words).toContain('discarded at every reader')
  })

  it('needs nobody any more once they have ended', () => {
    const ended: Story = { ...story, letters: story.letters.map((letter) => ({ ...letter, status: 'discarded' })) }
    expect(unreadWords(ended)).toMatchObject({ tone: 'info', words: expect.stringContaining('nothing left to do') })
  })

  it('is not known where nobody knows it', () => {
    const { story: nobodys } = strangersStory('0199c0de-0000-7000-8000-00000000ffff')
    expect(unreadWords(nobodys)).toMatchObject({ genuine: false, title: 'This order is not known' })
  })

  it('is a genuine one where a service knows it, and only the console has not read of it', () => {
    const order = {
      orderId: strangersOrder,
      status: 'placed',
      total: 1,
      currency: 'EUR',
      placedAt: '2026-11-22T12:00:00.000Z',
    } as Story['order']
    expect(unreadWords({ ...story, order })).toMatchObject({ genuine: true, tone: 'warn', title: 'The console has read no event of it' })
  })

  it('is no row of the stuck ones, and named beside them', () => {
    const list = withPage(emptyList({ status: 'stuck' }), { rows: [], next: null, counts, stuck: 1, unread: [strangersOrder] }, undefined)
    expect([list.rows, list.unread]).toEqual([[], [strangersOrder]])
  })
})
