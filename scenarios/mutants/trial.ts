import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunningProcess, startProcess } from '@quadrille/testing'
import { mutated } from './apply.ts'
import type { Mutant } from './mutants.ts'

export interface Verdict {
  readonly passed: number
  readonly failed: number
  /** Test files that did not even run: they prove nothing. */
  readonly broken: number
  /** The first test that failed, in words. */
  readonly caughtBy: string | undefined
  readonly output: string
}

interface JestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[]
}

/** Runs test files in the copy; `onStart` gets hold of the process, so that it can be stopped. */
export async function runTests(root: string, tests: readonly string[], onStart: (process: RunningProcess) => void): Promise<Verdict> {
  const report = join(root, 'mutants-report.json')
  await writeFile(report, '')
  const flags = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js']
  const args = [...flags, ...tests, '--forceExit', '--json', '--outputFile', report]
  const jest = startProcess({ name: 'jest', command: process.execPath, args, cwd: root })
  onStart(jest)
  await jest.exited
  return verdictOf(JSON.parse((await readFile(report, 'utf8')) || 'null'), jest.tail())
}

function verdictOf(report: JestReport | null, output: string): Verdict {
  if (!report) return { passed: 0, failed: 0, broken: 1, caughtBy: undefined, output }
  const failed = report.testResults.flatMap(({ assertionResults }) => assertionResults).find(({ status }) => status === 'failed')
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = report
  return { passed: numPassedTests, failed: numFailedTests, broken: numRuntimeErrorTestSuites, caughtBy: failed?.fullName, output }
}

/** Makes the mistake in the copy, runs the tests that should notice, and mends the copy again. */
export async function tryMutant(root: string, mutant: Mutant, onStart: (process: RunningProcess) => void): Promise<Verdict> {
  const file = join(root, mutant.file)
  const original = await readFile(file, 'utf8')
  await writeFile(file, mutated(original, mutant))
  try {
    return await runTests(root, mutant.tests, onStart)
  } finally {
    await writeFile(file, original)
  }
}
