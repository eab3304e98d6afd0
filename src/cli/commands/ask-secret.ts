/**
 * Asks for a value on the terminal without showing what is typed. Needs one: without it there is nobody to ask.
 */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** The text that was typed; `undefined` if the question was left with Ctrl+C or Ctrl+D. */
export function askSecret(question: string, write: (text: string) => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    const silent = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
    const answer = (text: string | undefined): void => {
      reader.close();
      // The command inherits the terminal next: nothing of ours may read from it.
      process.stdin.pause();
      write('\n');
      resolve(text);
    };
    write(`${question}: `);
    reader.once('line', answer);
    reader.once('SIGINT', () => {
      answer(undefined);
    });
    reader.once('close', () => {
      resolve(undefined);
    });
  });
}
