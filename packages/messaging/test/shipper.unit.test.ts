import { describe, expect, it } from '@jest/globals'
import { SendError } from '../src/kafka.ts'
import type { OutboxRow } from '../src/outbox.ts'
import { createShipper } from '../src/shipper.ts'

const rows = [{ id: '1', topic: 'orders.v1', key: 'a', record: {} }] as unknown as OutboxRow[]

/** A shipper whose telemetry fails, over a Kafka that takes or fails what it is sent. */
function shipperWith(send: () => Promise<void>) {
  const seen = { acknowledged: 0, sends: 0, connected: 0, discarded: 0, told: [] as (string | undefined)[] }
  const shipper = createShipper({
    connectProducer: async () => {
      seen.connected += 1
      const sending = () => {
        seen.sends += 1
        return send()
      }
      return { send: sending, disconnect: async () => undefined }
    },
    onAcknowledged({ length }) {
      seen.acknowledged += length
    },
    park: async () => undefined,
    onSent(_rows, _elapsedMs, errorCode) {
      seen.told.push(errorCode)
      throw new Error('telemetry is broken')
    },
    onDiscarded() {
      seen.discarded += 1
    },
    now: () => 0,
  })
  return { shipper, seen }
}

describe('shipper, when telemetry throws', () => {
  it('keeps what was acknowledged as acknowledged, and the producer that sent it', async () => {
    const { shipper, seen } = shipperWith(async () => undefined)
    await expect(shipper.ship(rows)).rejects.toThrow('telemetry')
    expect(seen).toEqual({ acknowledged: 1, sends: 1, connected: 1, discarded: 0, told: [undefined] })
  })

  it('throws the producer of a failed send away all the same', async () => {
    const { shipper, seen } = shipperWith(() => Promise.reject(new SendError('environment', 'gone')))
    await expect(shipper.ship(rows)).rejects.toThrow('telemetry')
    expect(seen).toEqual({ acknowledged: 0, sends: 1, connected: 1, discarded: 1, told: ['environment'] })
  })
})
