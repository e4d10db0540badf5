/** It does not run because somebody said so: nothing but a start or a deployment has it run again. */
export const stoppedByHand = {
  desiredState: 'STOPPED',
  stoppedByHand: true,
  stateReason: 'It was stopped by hand: start it, or deploy.',
} as const;
