/** What every screen says in Spanish: the frame, the network, what breaks. Part of the tree in es.ts. */
import type { enShell } from '../en/shell.ts';
import type { Widened } from '../widened.ts';

export const esShell: Widened<typeof enShell> = {
  language: 'es',
  product: 'Quietline',
  sandboxStrip: 'Modo de prueba. Ningún teléfono real suena y nadie real contesta.',
  skipToContent: 'Ir al contenido',
  mainNavigation: 'Principal',
  more: 'Más',
  done: 'Listo',
  cancel: 'Cancelar',
  copy: 'Copiar',
  copied: 'Copiado',
  tryAgain: 'Intentar de nuevo',
  loading: (what: string) => `Cargando ${what}`,

  loadingPage: 'Cargando',

  pages: {
    calls: 'Llamadas',
    contacts: 'Contactos',
    handout: 'Folleto',
    linesDue: (count: number) => (count === 1 ? `${count} vence` : `${count} vencen`),
    call: 'Llamada',
    signIn: 'Entrar',
    title: (page: string) => `${page} · Quietline`,
  },

  network: {
    dialTitle: 'Su red se cayó antes de que sonara.',
    nobodyRung: 'No le sonó a nadie.',
    unsure: 'Aún no se sabe si sonó; se verá aquí en cuanto vuelva la red.',
    kept: 'El número queda guardado aquí.',
    trying: 'Se intenta cada 2 segundos y no se marca nada hasta que usted lo diga.',
    back: 'La red ha vuelto.',
    callNow: 'Llamar ahora',
    stop: 'Detener',
    offline: 'Sin red. Ve lo último que se supo.',
    signedOut: 'Su sesión se cerró. Para llamar hay que entrar de nuevo.',
    takenOver: 'Quietline está abierto en una copia de esta pestaña. Las llamadas siguen allí.',
    useHere: 'Usarlo aquí',
    reload: 'Cargar la página de nuevo',
    outdated: 'Esta página es más antigua que el servidor.',
  },

  crash: {
    title: 'Esta pantalla falló.',
    text: 'Es culpa nuestra. Una llamada en curso no se ve afectada: pertenece al servidor.',
    next: 'Cargarla de nuevo',
  },
  serverAway: {
    title: 'El servidor no responde.',
    text: 'Puede que esté arrancando o que su red esté caída. No se perdió nada.',
    next: 'Intentar de nuevo',
  },
  notFound: {
    title: 'Esa página no existe.',
    text: 'La dirección puede ser antigua.',
    next: 'Abrir Llamadas',
  },
};
