import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { mutated } from './apply.ts'
import { mutants } from './mutants.ts'

const root = resolve(import.meta.dirname, '../..')

describe('the mutants', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('can still be made: %s', (_name, mutant) => {
    const source = readFileSync(resolve(root, mutant.file), 'utf8')
    expect(mutated(source, mutant)).not.toBe(source)
    expect(mutant.tests.filter((path) => !existsSync(resolve(root, path)))).toEqual([])
  })

  it('have names of their own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })

  it('include one for each invariant', () => {
    const broken = new Set(mutants.map(({ breaks }) => breaks).filter((promise) => /^I\d+$/.test(promise)))
    expect([...broken]).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'])
  })
})

describe('a mutation', () => {
  const mutant = { name: 'm', file: 'f.ts', edits: [['a < b', 'a <= b']] } as const

  it('changes just that text', () => {
    expect(mutated('const x = a < b', mutant)).toBe('const x = a <= b')
  })

  it.each([
    ['is not there', 'const x = a > b'],
    ['is there twice', 'const x = a < b && a < b'],
  ])('is refused where the text %s', (_when, source) => {
    expect(() => mutated(source, mutant)).toThrow(/times in f.ts/)
  })

  it('is refused if what comes out does not parse', () => {
    expect(() => mutated('const x = a < b', { ...mutant, edits: [['a < b', 'a < (']] })).toThrow()
  })
})
