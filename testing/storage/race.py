"""Eight processes that present the same proof at the same time.

In each round everyone has read the same state before anyone writes: the worst that concurrent requests can do, in every
round, however the machine schedules them. Rounds go in batches, so that a barrier is paid for once in many rounds.
"""

import multiprocessing
import signal
import traceback

WORKERS = 8
BATCH = 50
# Longer than the slowest batch; a worker that died must not leave the others waiting for ever.
STUCK_SECONDS = 60


class Workers:
    def __init__(self, cases):
        context = multiprocessing.get_context("fork")
        self.barrier = context.Barrier(WORKERS)
        self.pipes, self.processes = [], []
        for number in range(WORKERS):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_work, args=(theirs, self.barrier, cases), name=str(number), daemon=True
            )
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def race(self, case, rounds, store, careless=False):
        """What the winners of each of the first rounds of a case won."""
        self.barrier.reset()
        for pipe in self.pipes:
            pipe.send((case, rounds, store, careless))
        answers = [pipe.recv() for pipe in self.pipes]
        failures = [answer for answer in answers if isinstance(answer, str)]
        # One that failed breaks the barrier for the others: the first cause is what matters.
        failures.sort(key=lambda text: "BrokenBarrierError" in text)
        assert not failures, failures[0]
        return [[won[number] for won in answers if number in won] for number in range(rounds)]

    def close(self):
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join()


def _work(pipe, barrier, cases):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while (job := pipe.recv()) is not None:
        try:
            pipe.send(_race(barrier, cases, *job))
        except BaseException:
            barrier.abort()
            pipe.send(traceback.format_exc())


def _race(barrier, cases, case, rounds, store, careless):
    case, (kind, where) = cases[case], store
    client = kind(**where)
    if careless:
        client.be_careless()
    won = {}
    for start in range(0, rounds, BATCH):
        numbers = range(start, min(start + BATCH, rounds))
        seen = case.read(client, numbers)
        barrier.wait(STUCK_SECONDS)
        attempts = ((number, case.attempt(client, number, state)) for number, state in zip(numbers, seen))
        won.update((number, outcome) for number, outcome in attempts if outcome)
    client.close()
    return won
