const gestures = ['pointerdown', 'touchend', 'keydown'] as const;

/** Browsers let sound begin only in a gesture. Runs `then` in the next one; the returned function calls that off. */
export function onNextGesture(then: () => void): () => void {
  const stop = () => {
    for (const gesture of gestures) removeEventListener(gesture, run, true);
  };
  const run = () => {
    stop();
    then();
  };
  for (const gesture of gestures) addEventListener(gesture, run, true);
  return stop;
}
