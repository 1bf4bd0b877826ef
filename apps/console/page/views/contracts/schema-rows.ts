/** As much of JSON Schema as contracts use. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly personal?: boolean
}

/** One field of an event, as a line of a table. */
export interface SchemaRow {
  /** `items[].sku` */
  readonly path: string
  readonly depth: number
  readonly what: string
  readonly optional: boolean
  readonly personal: boolean
}

/** Every field, each under the one that it is part of. */
export const schemaRows = (schema: Schema): SchemaRow[] => fieldsOf(schema, '', 0)

function fieldsOf({ properties = {}, required = [] }: Schema, within: string, depth: number): SchemaRow[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = within + name
    const row = { path, depth, what: whatOf(field), optional: !required.includes(name), personal: field.personal === true }
    return [row, ...fieldsOf(innerOf(field), `${path}${field.items ? '[]' : ''}.`, depth + 1)]
  })
}

const innerOf = (schema: Schema): Schema => schema.items ?? schema

/** What may stand there, in words. */
export function whatOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.join(' or ')
  if (schema.anyOf) return schema.anyOf.map(whatOf).join(' or ')
  switch (schema.type) {
    case 'string':
      return textOf(schema)
    case 'integer':
      return numberOf('whole number', schema)
    case 'number':
      return numberOf('number', schema)
    case 'boolean':
      return 'true or false'
    case 'array':
      return `list${between(schema.minItems, schema.maxItems, ' of')}`
    default:
      return schema.type ?? 'anything'
  }
}

const UUID = '[0-9a-fA-F]{8}-'
// Said of a whole contract rather than of each field: no text may hold a NUL character.
const NO_NUL = '^[^\\0]*$'
const KNOWN: Readonly<Record<string, string>> = { '^[A-Z]{3}$': 'three capital letters', '^[^A-Z]*$': 'lower case' }

function textOf(schema: Schema): string {
  const patterns = [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) => pattern ?? [])
  if (patterns.some((pattern) => pattern.includes(UUID))) return 'UUID, lower case'
  const told = patterns.filter((pattern) => pattern !== NO_NUL && schema.format === undefined)
  const kind = schema.format === 'email' ? 'e-mail address' : schema.format === 'date-time' ? 'time' : 'text'
  const rules = told.map((pattern) => KNOWN[pattern] ?? `matching ${pattern}`)
  return [`${kind}${lengthOf(schema)}`, ...rules].join(', ')
}

const lengthOf = ({ minLength, maxLength }: Schema) => {
  const range = between(minLength, maxLength, ' of')
  return range && `${range} characters`
}

const numberOf = (kind: string, { minimum, maximum }: Schema) => kind + between(minimum, within(maximum), '')

/** The largest number that JSON keeps is no limit that anybody chose. */
const within = (maximum?: number) => (maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum)

function between(least: number | undefined, most: number | undefined, before: string): string {
  if (least !== undefined && most !== undefined) return `${before} ${least} to ${most}`
  if (least !== undefined) return `${before} ${least} or more`
  return most === undefined ? '' : `${before} at most ${most}`
}
