/** A country that the plan does not allow: whoever may not allow it asks those who may. */
import { Globe } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { go } from '../../router/address.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { DialBox } from './dial-box.tsx';

export function NotInPlan({ country, sentence }: { readonly country: string; readonly sentence: { readonly title: string; readonly text: string } }) {
  const isAdmin = useSession().roles.includes('practice-admin');
  const place = useFormats().country(country) ?? country;
  const [said, setSaid] = useState<string | null>(null);
  const ask = async (): Promise<void> => {
    try {
      await api.plan.askForCountry({ country });
      setSaid(words.plan.askedToAllow(place));
    } catch {
      setSaid(words.you.failed);
    }
  };
  if (isAdmin) return <DialBox Icon={Globe} isCaution={false} sentence={{ ...sentence, next: words.plan.allowInPlan }} onNext={() => void go('/settings/plan')} />;
  return <DialBox Icon={Globe} isCaution={false} sentence={{ title: sentence.title, text: said ?? sentence.text, next: said === null ? words.plan.askToAllow(place) : null }} onNext={() => void ask()} />;
}
