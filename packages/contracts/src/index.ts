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
export * from './events/email.ts'
export * from './events/loyalty.ts'
export * from './events/orders.ts'
export * from './events/payments.ts'
export * from './events/warehouse.ts'
export * from './mask.ts'
export * from './partition.ts'
export * from './topics.ts'
export * from './values.ts'
