// @ts-check
/** What the layers above the engine cost a command once they are used. */
import { throughput } from './measures.mjs';

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'in-use',
  title: 'With layers in use (`echo`, which prints one line)',
  columns: [
    ['mainUs', 'main thread, us each'],
    ['hostUs', 'host CPU, us each'],
    ['perSecond', 'commands/s'],
  ],
  compare: { metric: 'mainUs', against: 'none' },
  rounds: { quick: 2, full: 5 },

  cells({ quick, drivers }) {
    if (!drivers.includes('custody')) return [];
    const layers = ['none', 'observer', 'secret', 'redaction', 'line handler', 'lines', 'all'];
    return [
      {
        label: 'echo c=64',
        parameters: { file: '/bin/echo', args: ['one line of text'], inFlight: 64, seconds: quick ? 0.3 : 1 },
        variants: layers.map((layer) => ({ label: layer, driver: 'custody', parameters: { layer } })),
      },
    ];
  },

  async sample(load, { file, args, inFlight, seconds, layer }) {
    const { runWith } = await load();
    if (runWith === undefined) throw new Error('this driver has no layers');
    return throughput(() => runWith(layer, file, args), { inFlight, seconds });
  },
};
