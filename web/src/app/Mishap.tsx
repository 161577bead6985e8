/** What stands instead of a page that broke: words and a way on, never a blank screen. */
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Notice";

interface MishapState {
  broken: boolean;
}

export class Mishap extends Component<{ children: ReactNode }, MishapState> {
  override state: MishapState = { broken: false };

  static getDerivedStateFromError(): MishapState {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Sorry /> : this.props.children;
  }
}

function Sorry() {
  const { t } = useTranslation();
  return (
    <main>
      <Empty title={t("app.brokenTitle")} text={t("app.brokenText")}>
        <Button look="primary" onClick={() => location.reload()}>
          {t("app.reload")}
        </Button>
      </Empty>
    </main>
  );
}
