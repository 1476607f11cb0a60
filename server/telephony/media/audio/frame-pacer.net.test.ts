/** What a pacer of frames does when the process was held up, with the machine's own clock and a socket that something waits in. */
import dgram from 'node:dgram';
import { expect, test } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { startFramePacer } from './frame-pacer.ts';

test('what came while the process was held up is read before the frames that were due meanwhile, and these are caught up', async () => {
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  const order: string[] = [];
  socket.on('message', () => order.push('packet'));
  await new Promise<void>((resolve) => {
    const pacer = startFramePacer(systemClock, () => {
      order.push('frame');
      if (order.length > 1) {
        if (order.length < 5) return;
        pacer.stop();
        resolve();
        return;
      }
      // In the first frame the process is held up for five.
      socket.send('speech', socket.address().port, '127.0.0.1');
      for (const endsAt = performance.now() + 100; performance.now() < endsAt; );
    });
  });
  socket.close();
  expect(order.slice(0, 5)).toEqual(['frame', 'packet', 'frame', 'frame', 'frame']);
});
