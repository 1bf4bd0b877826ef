import { describe, expect, it } from '@jest/globals'
import { topics } from '@quadrille/contracts'
import { createAllTopics } from '../src/index.ts'

describe('the topics, on a broker that is not ready', () => {
  it('are asked for until every partition has a leader', async () => {
    const asked: string[] = []
    let attempts = 0
    await createAllTopics(
      {
        async createTopics() {
          attempts++
          if (attempts === 1) throw new Error('no controller yet')
        },
        async topicOffsets(name) {
          if (attempts === 2) throw new Error('no leader yet')
          asked.push(name)
          return []
        },
      },
      10_000,
    )
    expect(attempts).toBe(3)
    expect(asked.toSorted()).toEqual(topics.map(({ name }) => name).toSorted())
  })

  it('are given up after the deadline, with the reason', async () => {
    const createTopics = () => Promise.reject(new Error('topic orders.v1 has 3 partitions'))
    await expect(createAllTopics({ createTopics, topicOffsets: async () => [] }, 0)).rejects.toThrow('has 3 partitions')
  })
})
