import { type Admin, Kafka, logLevel } from 'kafkajs'
import type { Planted, ServiceName } from './snapshot.ts'

/** Where the running system's own books are. */
export interface Targets {
  /** A URL for each service's database. */
  readonly databases: Readonly<Record<ServiceName, string>>
  readonly brokers: readonly string[]
}

/** Also where the witnesses outside of it are, and what a test did on purpose. */
export interface CheckTargets extends Targets {
  readonly pspUrl: string
  readonly mailUrl: string
  /** What each SKU started with; absent: what the warehouse says it started with is believed. */
  readonly catalogue?: readonly { readonly sku: string; readonly stock: number }[]
  readonly planted?: Planted
}

/** What each group reads; the broker knows it only while the group has members. */
export const subscriptions: Readonly<Record<ServiceName, readonly string[]>> = {
  orders: ['payments.v1', 'warehouse.v1'],
  payments: ['orders.v1', 'warehouse.v1'],
  warehouse: ['orders.v1', 'payments.v1'],
  loyalty: ['orders.v1', 'payments.v1'],
  email: ['orders.v1', 'payments.v1', 'warehouse.v1'],
}

export const serviceNames = Object.keys(subscriptions) as ServiceName[]

/** A client that reads beside the system under test: what it says of itself would only disturb. */
export const createReader = ({ brokers }: Pick<Targets, 'brokers'>) =>
  new Kafka({
    brokers: [...brokers],
    clientId: 'invariants',
    logLevel: logLevel.NOTHING,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
  })

/** Connects to Kafka's admin API for as long as the work takes. */
export async function withAdmin<T>(targets: Pick<Targets, 'brokers'>, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createReader(targets).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}
