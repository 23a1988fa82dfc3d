// Standard input to standard output, a line at a time and in order: the judge may wait for each answer.
import { createInterface } from "node:readline";

/** Answers every line that comes; `answer` takes the lines that are there and gives as many, now or later. */
export async function serve(answer) {
  let waiting = [];
  let work = Promise.resolve();
  const flush = async () => {
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return;
    for (const reply of await answer(lines)) process.stdout.write(`${reply}\n`);
  };
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    waiting.push(line);
    work = work.then(flush);
  }
  await work;
}
