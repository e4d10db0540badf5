/** What is said of an environment's sleep once it is awake. */
export const awake = { asleepSince: null, wakeAskedAt: null } as const;
