export * from './catalogue.ts'
export * from './decode.ts'
export * from './define.ts'
export * from './encode.ts'
export {
  ContractError,
  type ContractErrorCode,
  type Encoded,
  type Envelope,
  HEADERS,
  isOrderId,
  type KafkaRecord,
  type Stamp,
} from './envelope.ts'
export { EmailSent } from './events/email.ts'
export { PointsAwarded, PointsRevoked } from './events/loyalty.ts'
export { OrderCancelled, OrderPlaced } from './events/orders.ts'
export { PaymentCaptured, PaymentFailed, PaymentRefunded } from './events/payments.ts'
export { OrderDispatched, ParcelRecalled, StockReleased, StockReserved, StockShort } from './events/warehouse.ts'
export * from './mask.ts'
export * from './partition.ts'
export * from './topics.ts'
export * from './values.ts'
