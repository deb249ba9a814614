import { CRASHES, MAX_RECOVERIES } from '@flashcards/shared/queue/queues';
import { processOf } from './process-of';

const ids = Array.from({ length: 100 }, (_none, i) => `job-${i}`);
const processes = (recoveries: number): Map<string, string[]> => {
  const found = new Map<string, string[]>();
  for (const id of ids) {
    const isolated = processOf(id, recoveries);
    found.set(isolated, [...(found.get(isolated) ?? []), id]);
  }
  return found;
};

test('all jobs of a first crash share two processes', () => {
  const sizes = [...processes(1).values()].map((members) => members.length);
  expect(sizes).toHaveLength(2);
  expect(Math.min(...sizes)).toBeGreaterThan(30);
});

test('each further crash halves a process, so any one of a hundred jobs is alone long before it is given up', () => {
  const crashesUntilAlone = (poison: string): number => {
    let [together, crashes] = [ids, 0];
    while (together.length > 1) {
      crashes += 1;
      const isolated = processOf(poison, crashes);
      together = together.filter((id) => processOf(id, crashes) === isolated);
    }
    return crashes;
  };
  const counts = ids.map(crashesUntilAlone);
  expect(Math.max(...counts) + CRASHES).toBeLessThan(MAX_RECOVERIES);
  expect(counts.reduce((sum, count) => sum + count) / counts.length).toBeLessThan(10);
});

test('jobs that were recovered more often never share a process with others', () => {
  expect(processOf('job-1', 2)).not.toBe(processOf('job-1', 3));
});
