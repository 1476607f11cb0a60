/** The sentences about SIP ladders, in Spanish. */
import type { enSipTraces } from '../en/sip-traces.ts';
import type { Widened } from '../widened.ts';

export const esSipTraces: Widened<typeof enSipTraces> = {
  title: 'Señalización',
  lead: 'Lo que pasa entre este servidor y el operador telefónico al establecer una llamada, para saber por qué una falla.',
  off: { title: 'No se está grabando nada.', text: 'Los números, nombres, direcciones y claves se quitan antes de guardar nada. Lo guardado queda en la memoria, un día o hasta que el servidor se reinicie.' },
  on: (until: string) => ({ title: `Las llamadas se graban hasta las ${until}.`, text: 'Haga la llamada que falla y mírela abajo. Los números, nombres, direcciones y claves se quitan.' }),
  switchOn: 'Grabar durante una hora',
  switchOff: 'Dejar de grabar',
  onlyOperator: 'Quien administra esta instalación puede grabar las llamadas de la próxima hora.',
  failed: 'No funcionó. Revise la conexión e inténtelo de nuevo.',
  calls: 'Llamadas grabadas',
  none: 'Todavía no se grabó ninguna llamada.',
  outcome: (status: number | null) => (status === null ? 'sin respuesta' : status < 300 ? 'contestada' : `rechazada con ${status}`),
  messageCount: (count: number) => (count === 1 ? '1 mensaje' : `${count} mensajes`),
  ladder: (time: string) => `Escalera de la llamada de las ${time}`,
  drawing: (count: number) => `${count === 1 ? 'Un mensaje' : `${count} mensajes`} entre este servidor y el operador, cada uno una flecha, de arriba abajo en el tiempo. Lo mismo está escrito debajo.`,
  us: 'Quietline',
  trunk: 'Operador',
  sent: 'enviado',
  received: 'recibido',
  withSound: 'con una descripción del sonido',
  after: (seconds: string) => `a los ${seconds} s`,
  cut: 'Pasó más de lo que se guarda; falta el resto.',
  download: 'Guardar como texto',
  close: 'Cerrar la escalera',
  show: 'Mostrar su señalización',
  hide: 'Ocultar su señalización',
  inLog: 'La llamada en el registro',
};
