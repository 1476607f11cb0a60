/** The sentences of Settings' frame, in Spanish. */
import type { enSettings } from '../en/settings.ts';
import type { Widened } from '../widened.ts';

export const esSettings: Widened<typeof enSettings> = {
  title: 'Ajustes',
  sections: {
    me: 'Mi cuenta',
    sound: 'Sonido',
    practice: 'Consultorio',
    plan: 'Plan',
    lines: 'Líneas',
    messages: 'Mensajes',
    answering: 'Contestador',
    members: 'Miembros',
    data: 'Datos',
    audit: 'Registro de actos',
    practices: 'Consultorios',
    signalling: 'Señalización',
  },
  holds: {
    me: 'Cómo entra, y dónde',
    sound: 'Su micrófono, y lo que deja pasar su red',
    practice: 'Su nombre, país y zona horaria',
    plan: 'A quién se puede llamar, cuánto y por cuánto',
    lines: 'Los números que los pacientes pueden ver',
    messages: 'Lo que deja en los buzones',
    answering: 'Lo que oye quien llama o espera',
    members: 'Quién puede entrar, y hacer qué',
    data: 'Lo que se guarda, dónde y cuánto tiempo',
    audit: 'Quién hizo qué, y cuándo',
    practices: 'Todos los de esta instalación, para quien la gestiona',
    signalling: 'Por qué falla una llamada con el operador',
  },
  notYours: 'Esta sección no existe, o es solo para la administración del consultorio.',
};
