/** The sentences of the network check in Spanish. Part of the tree in es.ts. */
import type { enNetworkCheck } from '../en/network-check.ts';
import type { Widened } from '../widened.ts';

const figures = (lostPerHundred: number, roundTripMs: number | null): string => `${lostPerHundred === 0 ? 'Nada perdido' : `${lostPerHundred} de cada 100 paquetes perdidos`}${roundTripMs === null ? '' : `, ${roundTripMs} ms hasta el servidor`}.`;

export const esNetworkCheck: Widened<typeof enNetworkCheck> = {
  title: 'Probar su red',
  text: 'Tarda unos segundos. No le suena a nadie.',
  check: 'Probar',
  again: 'Probar otra vez',
  running: 'Probando los caminos al servidor',
  runningText: (open: number, of: number) => `${open} de ${of} probados.`,
  ways: {
    direct: 'Las llamadas pasan directamente.',
    'direct-tcp': 'Esta red bloquea las llamadas por UDP; su llamada va por TCP: espere un poco de retardo.',
    relayed: 'Esta red bloquea el camino directo; su llamada pasa por el relevo.',
    'relayed-web': 'Esta red bloquea las llamadas por UDP; su llamada pasa por el relevo: espere un poco de retardo.',
    'no-way': 'Esta red no deja pasar ninguna llamada.',
    'no-way-no-relay': 'Esta red no deja pasar ninguna llamada.',
  },
  next: {
    'no-way': 'Use otra red, por ejemplo la de su teléfono, y pruebe otra vez.',
    'no-way-no-relay': 'Use otra red, por ejemplo la de su teléfono. Quien gestiona Quietline aquí puede instalar un relevo para redes como esta.',
  },
  sounds: {
    good: () => 'Sonará claro.',
    lossy: () => 'Pierde paquetes: la mayoría se restaura, y algunas palabras pueden sonar ásperas. Más cerca del Wi-Fi, o por cable, es mejor.',
    bad: () => 'Pierde demasiado: faltarán palabras. Use otra red, o llame cuando mejore.',
    late: () => 'Su voz llegará tarde: deje pausas. Otra red puede estar más cerca.',
    unsteady: () => 'Es inestable: su voz se retiene un poco para que llegue entera.',
  },
  figures,
  details: 'Lo que se probó',
  paths: {
    udp: 'Directo, por UDP',
    tcp: 'Directo, por TCP',
    'relay-udp': 'Por el relevo, con UDP',
    'relay-tcp': 'Por el relevo, con TCP',
    'relay-tls': 'Por el relevo, con TLS',
  },
  trials: { trying: 'probándose', open: 'abierto', blocked: 'bloqueado' },
  noRelay: 'Aquí no hay ningún relevo que probar.',
  failures: {
    'server-out-of-reach': { title: 'El servidor no responde.', text: 'Compruebe que este dispositivo tiene red y pruebe otra vez.' },
    'server-busy': { title: 'El servidor está ocupado.', text: 'Lleva tantas llamadas como puede; pruebe otra vez en un minuto.' },
    'browser-cannot': { title: 'Este navegador no se pudo probar.', text: 'Vuelva a cargar la página, o use otro navegador, y pruebe otra vez.' },
  },
  section: { title: 'Sonido y red', text: 'Antes de una llamada importante: ¿le oye el micrófono, y lleva la red una llamada?', microphone: 'Micrófono', network: 'Red' },
};
