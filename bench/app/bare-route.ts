/** The peer of bench/app.ts: one route of the framework that ours stand on, with an answer of the same size, and nothing around it. */
import fastify from 'fastify';

const answer = { member: { id: '018f0000-0000-7000-8000-000000000001', name: 'Dr. Hannah Lee' }, practice: { id: '018f0000-0000-7000-8000-000000000002', name: 'Lakeside Clinic', country: 'US', timeZone: 'America/Chicago', isSandbox: true }, roles: ['physician', 'practice-admin', 'operator'], isLocked: false, draftKey: 'A'.repeat(44) };
const app = fastify({ logger: false });
app.get('/session', async () => answer);
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
console.log('listening');
