/** What a colour means, everywhere: well, waits, fails, on its way, over. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet'
