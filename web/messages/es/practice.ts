/** The sentences of the practice's screen in Spanish. Part of the tree in es.ts. */
import type { enPractice } from '../en/practice.ts';
import type { Widened } from '../widened.ts';

export const esPractice: Widened<typeof enPractice> = {
  title: 'Consultorio',
  text: 'Cómo se llama su consultorio, y dónde está. Cada cambio queda en la auditoría.',
  name: 'Nombre',
  nameMissing: 'Un consultorio tiene un nombre.',
  country: 'País',
  countryHelp: 'Cómo se leen y se escriben los números, y qué es una llamada nacional, esté donde esté cada miembro.',
  countryUnknown: 'Aquí no se conocen los números de teléfono de este país.',
  timeZone: 'Zona horaria',
  zoneUnknown: 'No existe esa zona horaria. Elija una de la lista, como America/Chicago.',
  save: 'Guardar el consultorio',
  saved: 'Guardado.',
  callsTitle: 'Adónde van las llamadas',
  sandbox: 'Al entorno de práctica: pacientes de práctica en esta máquina, y a ningún teléfono real. Lo deja cuando quien lleva Quietline aquí conecta una troncal; entonces comprueba sus propias líneas.',
  trunk: 'A la red telefónica, por la troncal que conectó quien lleva Quietline aquí.',
};
