/** What a watched extension does. `unknown`: nobody has said so yet. */
export type ExtensionState = 'unknown' | 'offline' | 'free' | 'ringing' | 'busy' | 'away';
