import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { DeadlineTimer } from '../../src/net/deadline-timer.ts'

describe('A timer for deadlines that follow one another', () => {
  let now = 0
  let due: number[] = []
  let timer: DeadlineTimer

  /** Lets time pass for the timer and for the clock alike. */
  function pass(ms: number): void {
    for (let passed = 0; passed < ms; passed++) {
      now++
      mock.timers.tick(1)
    }
  }

  beforeEach(() => {
    now = 0
    due = []
    mock.timers.enable({ apis: ['setTimeout'] })
    mock.method(performance, 'now', () => now)
    timer = new DeadlineTimer(() => due.push(now))
  })

  afterEach(() => {
    timer.end()
    mock.restoreAll()
    mock.timers.reset()
  })

  it('fires at the deadline that was set last, whether it is later or earlier', () => {
    timer.set(10)
    pass(5)
    timer.set(10)
    pass(9)
    assert.deepEqual(due, [])
    pass(1)
    assert.deepEqual(due, [15])

    timer.set(100)
    timer.set(10)
    pass(200)
    assert.deepEqual(due, [15, 25])
  })

  it('does not fire for a deadline that was called off, and does for the one after it', () => {
    timer.set(10)
    timer.callOff()
    pass(5)
    timer.set(20)
    timer.callOff()
    pass(50)
    assert.deepEqual(due, [])

    timer.set(3)
    pass(3)
    assert.deepEqual(due, [58])
  })

  it('never fires for a time that has no end', () => {
    timer.set(10)
    timer.set(Infinity)
    pass(100)

    assert.deepEqual(due, [])
  })
})
