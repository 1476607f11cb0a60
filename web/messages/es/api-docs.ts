/** The sentences of the API's page in Spanish. Part of the tree in es.ts. */
import type { enApiDocs } from '../en/api-docs.ts';
import type { Widened } from '../widened.ts';

export const esApiDocs: Widened<typeof enApiDocs> = {
  apiDocs: {
    title: 'Interfaz para programas',
    text: 'Todo lo que hacen las pantallas lo puede pedir también un programa, hasta donde llega su clave.',
    description: 'La descripción entera, OpenAPI 3.1',
    aboutToken: 'La clave se crea en Ajustes, Mi cuenta. Se envía como',
    aboutErrors: 'Un error es un problema (RFC 9457): su código es estable, su título es para sus ojos.',
    aboutLimits: 'Demasiadas peticiones reciben 429; RateLimit dice lo que queda, Retry-After cuándo intentarlo de nuevo.',
    search: 'Buscar una operación',
    found: (count: number, of: number) => `${count} de ${of} operaciones`,
    token: 'Clave para probar',
    tokenHelp: 'Se queda en esta pestaña hasta que se cierre o se cargue otra vez, y va solo a este servidor.',
    none: 'Nada tiene este nombre.',
    loading: 'Cargando la descripción',
    failed: 'No se pudo cargar la descripción.',
    open: 'abierta a todos',
    people: 'para personas, ninguna clave llega',
    scope: 'necesita',
    parameters: 'Parámetros',
    required: 'obligatorio',
    body: 'Cuerpo',
    schema: 'Su esquema',
    answers: 'Respuestas',
    try: 'Probar',
    send: 'Enviar',
    writes: 'Esto cambia algo. Se hace, no se finge.',
    badBody: 'El cuerpo no es JSON.',
    unreachable: 'El servidor no respondió.',
    took: (status: number, text: string) => `Respondió ${status} ${text}`,
    curl: 'Lo mismo con curl',
  },
};
