/** A Jest reporter whose last line says `tests: N passed, N failed`, for people and programs that read the end of a log. */
export default class Summary {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites // a suite that does not run counts as one failed test
    const skipped = numPendingTests + numTodoTests
    this.line = `tests: ${numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`
    // Jest's own summary goes to stderr, and tearing down may still write there: this line waits for the very end.
    process.once('exit', () => process.stdout.write(this.line))
    // Nothing is open any more. Leaving by the way of `main` Node 24 once spun for ever in `Environment::CleanupHandles`, after 1,825 tests.
    process.once('beforeExit', () => process.exit())
  }
}
