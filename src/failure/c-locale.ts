/**
 * Variables with which helpers run tools whose words they read: messages come in English, whatever the host speaks. Put on top
 * of the environment of the command: `run('git', args, { env: C_LOCALE })`.
 */
export const C_LOCALE = Object.freeze({ LC_ALL: 'C' });
