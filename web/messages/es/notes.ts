/** The sentences of notes in Spanish. Part of the tree in es.ts. */
import type { enNotes } from '../en/notes.ts';
import type { Widened } from '../widened.ts';

export const esNotes: Widened<typeof enNotes> = {
  title: 'Nota',
  label: 'Nota de esta llamada',
  control: 'Nota',
  placeholder: 'Escriba mientras habla',
  saved: 'Guardado',
  savedAt: (at: string) => `Guardado a las ${at}`,
  saving: 'Guardando',
  keptHere: 'Sin red. Queda en este dispositivo hasta que vuelva.',
  loading: 'Cargando la nota',
  duringCall: 'Se destruye 8 días después de que termine la llamada.',
  ifEndedNow: (at: string) => `Si la termina ahora: ${at}.`,
  destroyedAt: (at: string) => `Se destruye: ${at}`,
  editsDoNotExtend: 'Editarla no alarga el plazo.',
  notTheRecord: 'No es la historia clínica. No se puede recuperar.',
  copy: 'Copiar a la historia',
  copied: 'Copiado',
  askToCopy: '¿Copiar a la historia?',
  download: 'Guardar como archivo',
  fileName: 'nota.txt',
  merged: 'También se escribió desde otro dispositivo. Está todo.',
  mergedBoth: 'Otro dispositivo cambió las mismas palabras. Aquí están ambas versiones.',
  gone: (at: string) => `Nota destruida: ${at}`,
  goneText: 'Ya no se puede leer nada de ella, ni aquí ni en el servidor.',
  receipt: 'Comprobante',
  hiddenTitle: 'La nota está oculta.',
  hiddenText: 'La fecha del servidor no puede ser correcta, y una nota no debe mostrarse pasado su fin. Quien opera Quietline aquí puede revisar la fecha.',
  tooLong: 'La nota está llena. Lo último que escribió no se guardó.',
  failed: 'No se pudo cargar la nota.',
};
