/** Errors as HTTP answers: problem details (RFC 9457), with a code for programs and no word of anyone's data. */
import type { FastifyReply } from 'fastify';

export interface Problem {
  readonly status: number;
  /** Stable, in capitals: what a program tells cases apart by. */
  readonly code: string;
  /** For a developer's eyes; the page has its own sentence for each code. */
  readonly title: string;
}

/** The members of RFC 9457, and beside them those by which a typed client knows an error of the contract. */
export function problemBody({ status, code, title, isDefined = false, data }: Problem & { isDefined?: boolean; data?: unknown }): Record<string, unknown> {
  return { type: 'about:blank', title, status, code, defined: isDefined, message: title, ...(data === undefined ? {} : { data }) };
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** A client that names application/json and not problem+json gets the same body under the name it knows. */
export function problemType(accept: string | undefined): string {
  return accept !== undefined && accept.includes('application/json') && !accept.includes('application/problem+json') ? 'application/json; charset=utf-8' : PROBLEM_TYPE;
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(problemType(reply.request.headers.accept)).send(problemBody(problem));
}
